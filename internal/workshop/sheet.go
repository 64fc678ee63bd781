package workshop

import (
	"archive/zip"
	"bufio"
	"encoding/csv"
	"encoding/xml"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/task"
)

// sheet is a table being written, row by row, in constant memory. Cells are strings, guarded against being run as
// formulas, and whole numbers.
type sheet interface {
	row(cells ...any) error
	close() error
}

func newSheet(f task.Format, out io.Writer, r *i18n.Reader) (sheet, error) {
	if f == task.XLSX {
		return newXLSX(out, r.Dir() == "rtl")
	}
	_, err := io.WriteString(out, "\ufeff")
	return &csvSheet{csv.NewWriter(out)}, err
}

type csvSheet struct{ out *csv.Writer }

func (s *csvSheet) row(cells ...any) error {
	line := make([]string, len(cells))
	for i, c := range cells {
		switch c := c.(type) {
		case string:
			line[i] = people.Guarded(c)
		case int:
			line[i] = strconv.Itoa(c)
		}
	}
	return s.out.Write(line)
}

func (s *csvSheet) close() error {
	s.out.Flush()
	return s.out.Error()
}

// What the format allows (ECMA-376 as spreadsheets read it): rows of a sheet, characters of a cell.
const (
	xlsxRows = 1 << 20
	xlsxCell = 32767
)

// xlsxSheet writes the smallest workbook that spreadsheets open: one sheet, texts in their cells. It is our own because a
// library keeps the sheet in memory or in a file on disk, and these are customers' words.
type xlsxSheet struct {
	zip *zip.Writer
	out *bufio.Writer
}

// xlsxParts are the parts of the workbook around the sheet.
var xlsxParts = []struct{ name, text string }{
	{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`},
	{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` +
		`<sheets><sheet name="1" sheetId="1" r:id="rId1"/></sheets></workbook>`},
	{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
}

func newXLSX(out io.Writer, rtl bool) (*xlsxSheet, error) {
	z := zip.NewWriter(out)
	for _, p := range xlsxParts {
		w, err := z.Create(p.name)
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(w, xml.Header+p.text); err != nil {
			return nil, err
		}
	}
	w, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return nil, err
	}
	s := &xlsxSheet{zip: z, out: bufio.NewWriter(w)}
	s.out.WriteString(xml.Header + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"`)
	if rtl {
		s.out.WriteString(` rightToLeft="1"`)
	}
	_, err = s.out.WriteString(`><pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView></sheetViews><sheetData>`)
	return s, err
}

func (s *xlsxSheet) row(cells ...any) error {
	s.out.WriteString("<row>")
	for _, c := range cells {
		switch c := c.(type) {
		case int:
			s.out.WriteString("<c><v>" + strconv.Itoa(c) + "</v></c>")
		case string:
			s.out.WriteString(`<c t="inlineStr"><is><t xml:space="preserve">`)
			if err := xml.EscapeText(s.out, []byte(short(people.Guarded(c)))); err != nil {
				return err
			}
			s.out.WriteString("</t></is></c>")
		}
	}
	_, err := s.out.WriteString("</row>")
	return err
}

// short keeps a cell within what the format allows.
func short(text string) string {
	if utf8.RuneCountInString(text) <= xlsxCell/2 {
		return text
	}
	return string([]rune(text)[:min(xlsxCell/2, utf8.RuneCountInString(text))]) + "…" // half, as the limit counts UTF-16
}

func (s *xlsxSheet) close() error {
	s.out.WriteString("</sheetData></worksheet>")
	if err := s.out.Flush(); err != nil {
		return err
	}
	return s.zip.Close()
}
