package reply

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"github.com/journeyloop/journeyloop/internal/fault"
	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/page"
	"github.com/journeyloop/journeyloop/internal/people"
	"github.com/journeyloop/journeyloop/internal/task"
	"github.com/journeyloop/journeyloop/templates/ui"
)

// Actor is who asks.
func Actor(c echo.Context) people.Actor { return people.From(c.Request().Context()) }

// Reader is the asker's language.
func Reader(c echo.Context) *i18n.Reader { return i18n.From(c.Request().Context()) }

// T is a message in the asker's language.
func T(c echo.Context, key string, args ...any) string { return Reader(c).T(key, args...) }

// Component answers with a component, rendered whole before the first byte leaves: an error gives an error page, never
// half a page.
func Component(c echo.Context, status int, component templ.Component) error {
	buf := drafts.Get().(*bytes.Buffer)
	defer drafts.Put(buf)
	buf.Reset()
	if err := component.Render(c.Request().Context(), buf); err != nil {
		return err
	}
	return c.HTMLBlob(status, buf.Bytes())
}

// drafts are pages on their way; whoever takes the bytes of one keeps a copy.
var drafts = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Frame is what a staff page says about itself.
type Frame struct {
	Title  string // in the reader's language
	Crumbs []ui.Crumb
	Live   bool // kept true while it is open
	Charts bool // has charts
	Status int  // 0 is 200
}

// Page answers a signed-in person with a page in the frame.
func Page(c echo.Context, f Frame, body templ.Component) error {
	if f.Status == 0 {
		f.Status = http.StatusOK
	}
	a, r := Actor(c), Reader(c)
	shell := ui.Shell{Title: title(c, f.Status, f.Title), App: AppName(c), Nav: menuOf(a, c.Request().URL.Path, f.Crumbs, waiting(c)), Crumbs: back(c.Request(), f.Crumbs), Live: f.Live, Charts: f.Charts,
		Person: ui.Person{Name: a.Name, Role: role(a, r)}, Flash: takeFlash(c), Work: workSign(c), News: news(c), Query: sought(c), Path: address(c.Request(), f.Crumbs), Theme: theme(c)}
	return Component(c, f.Status, within(ui.Page(shell), body))
}

// address is where this page can be opened again, for a change of language to come back to. A form that came back with its
// problems stands at an address that is only sent to: its reader returns to the page of the form, or where she sent it
// again, to the page above.
func address(r *http.Request, crumbs []ui.Crumb) string {
	here := r.URL.RequestURI()
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return here
	}
	from, err := url.Parse(r.Referer())
	if err == nil && from.Host == r.Host && from.Path != r.URL.Path {
		return Local(from.RequestURI(), "/")
	}
	for _, c := range slices.Backward(crumbs) {
		if c.Href != "" {
			return c.Href
		}
	}
	return here
}

// title is what a page is called; that of a form that came back says so first, so that whoever hears it knows at once.
func title(c echo.Context, status int, title string) string {
	if status == http.StatusUnprocessableEntity {
		return T(c, "ui.form.title_wrong", "title", title)
	}
	return title
}

// back leads a crumb to the list as the reader left it, with its filter, order and page, where she comes from there.
func back(r *http.Request, crumbs []ui.Crumb) []ui.Crumb {
	from := CameFrom(r)
	if from == "" {
		return crumbs
	}
	list, _, _ := strings.Cut(from, "?")
	out := slices.Clone(crumbs)
	for i, c := range out {
		if c.Href == list {
			out[i].Href = Local(from, c.Href)
		}
	}
	return out
}

// CameFrom is the list, filtered or sorted, from which a reader comes; "" from anywhere else.
func CameFrom(r *http.Request) string {
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != r.Host || from.RawQuery == "" {
		return ""
	}
	return from.RequestURI()
}

// Bare answers with a page for nobody in particular: sign-in, errors.
func Bare(c echo.Context, status int, title string, body templ.Component) error {
	path := "" // only an address that can be opened again, with nothing lost, has language links
	switch r := c.Request(); {
	case r.Method == http.MethodGet:
		path = r.URL.RequestURI()
	case r.URL.Path == "/sign-in" && c.FormValue("kept") == "":
		path = "/sign-in"
		if next := c.FormValue("next"); next != "" {
			path = ui.Link(path, "next", Local(next, "/"))
		}
	}
	return Component(c, status, within(ui.Bare(ui.BareView{Title: title, Wrong: status == http.StatusUnprocessableEntity, App: AppName(c), Path: path}), body))
}

// within puts a body into a frame as its children.
func within(frame, body templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return frame.Render(templ.WithChildren(ctx, body), w)
	})
}

// MailPath takes mails with what came with them, LargestMail in bytes.
const (
	MailPath    = "/api/v1/mail"
	LargestMail = 40 << 20
)

// UploadPath is the one address that takes large files. Its form is read by its handler, and not before anybody looked who
// sends it.
const UploadPath = "/settings/imports"

const workKey = "work"

// SetWork tells the frame what long work the asker has under way.
func SetWork(c echo.Context, t task.Task) { c.Set(workKey, t) }

// workSign says how far that work is; nothing when there is none.
func workSign(c echo.Context) ui.WorkSign {
	t, ok := c.Get(workKey).(task.Task)
	href := "/tasks/" + strconv.FormatInt(t.ID, 10)
	if !ok || c.Request().URL.Path == href { // its own page says it better
		return ui.WorkSign{}
	}
	sign := ui.WorkSign{Href: href, Text: T(c, "tasks.sign_waiting", "kind", T(c, "tasks.kind_"+string(t.Kind)))}
	if t.State == task.Running && t.Total > 0 {
		sign.Text = T(c, "tasks.sign", "kind", T(c, "tasks.kind_"+string(t.Kind)), "percent", Reader(c).Percent(float64(t.Done*100/t.Total), 0))
	}
	return sign
}

const newsKey = "news"

// SetNews tells the frame how much the asker was told and has not read.
func SetNews(c echo.Context, n int) { c.Set(newsKey, n) }

func news(c echo.Context) int {
	n, _ := c.Get(newsKey).(int)
	return n
}

const themeKey = "theme"

// SetTheme tells the frame in which light the person signed in reads.
func SetTheme(c echo.Context, t people.Theme) { c.Set(themeKey, t) }

func theme(c echo.Context) people.Theme {
	t, _ := c.Get(themeKey).(people.Theme)
	return t
}

// sought is what was asked of the search of everything; the lists have searches of their own.
func sought(c echo.Context) string {
	if c.Path() != "/search" {
		return ""
	}
	return c.QueryParam("q")
}

const appNameKey = "app"

// SetAppName tells the frame what the company calls its Journeyloop.
func SetAppName(c echo.Context, name string) { c.Set(appNameKey, name) }

// AppName is what the company calls its Journeyloop; "" is the product's own name.
func AppName(c echo.Context) string {
	name, _ := c.Get(appNameKey).(string)
	return name
}

// role names the widest role of a person.
func role(a people.Actor, r *i18n.Reader) string {
	roles := a.Roles()
	if len(roles) == 0 {
		return ""
	}
	return r.T("role." + string(roles[len(roles)-1]))
}

// Waiting is what waits for a person: how many open cases are hers, and whether a list has customers for her to call.
type Waiting struct {
	Cases int
	Calls bool
}

// Menu is the main menu of a person on a page: what she opens daily comes first. Cases and calls stand in the menu of those
// who see others' too, and of whoever has some of her own.
func Menu(a people.Actor, path string, own Waiting) []ui.NavItem {
	items := []struct {
		href, key string
		guard     Guard
		own       bool
	}{
		{"/company", "ui.nav.overview", Manager, false},
		{"/feedback", "ui.nav.feedback", Employee, false},
		{"/observations", "ui.nav.observations", Employee, false},
		{"/cases", "ui.nav.cases", Named, own.Cases > 0 || Leader.Admits(a)},
		{"/outreach", "ui.nav.outreach", Leader, own.Calls},
		{"/team", "ui.nav.team", Supervisor, false},
		{"/journeys", "ui.nav.journeys", Leader, false},
		{"/touchpoints", "ui.nav.touchpoints", Leader, false},
		{"/runs", "ui.nav.runs", Leader, false},
		{"/customers", "ui.nav.customers", Named, false},
		{"/people", "ui.nav.people", Office, false},
		{"/settings", "ui.nav.settings", Administrator, false},
	}
	var out []ui.NavItem
	for _, i := range items {
		if !i.own && !i.guard.Admits(a) {
			continue
		}
		item := ui.NavItem{Href: i.href, Key: i.key, Active: path == i.href || strings.HasPrefix(path, i.href+"/")}
		if i.href == "/cases" {
			item.Count = own.Cases
		}
		out = append(out, item)
	}
	return out
}

const waitingKey = "waiting"

// SetWaiting tells the frame what waits for the asker.
func SetWaiting(c echo.Context, w Waiting) { c.Set(waitingKey, w) }

func waiting(c echo.Context) Waiting {
	w, _ := c.Get(waitingKey).(Waiting)
	return w
}

// menuOf is the menu on a page; one that is not below any part of it belongs where its first crumb leads.
func menuOf(a people.Actor, path string, crumbs []ui.Crumb, own Waiting) []ui.NavItem {
	menu := Menu(a, path, own)
	if len(crumbs) > 0 && !slices.ContainsFunc(menu, func(i ui.NavItem) bool { return i.Active }) {
		return Menu(a, crumbs[0].Href, own)
	}
	return menu
}

// Home is the page a person opens first.
func Home(a people.Actor) string {
	switch {
	case a.Manager:
		return "/company"
	case a.Is(people.RoleLeader):
		return "/journeys"
	case a.Is(people.RoleSupervisor):
		return "/team"
	case a.Is(people.RoleOwner):
		return "/touchpoints"
	case a.Is(people.RoleEmployee):
		return "/feedback"
	case a.Administrator:
		return "/people"
	}
	return "/me"
}

const flashCookie = "jl_flash"

const secureKey = "secure"

// SetSecure tells that cookies of this deployment travel over https only.
func SetSecure(c echo.Context, yes bool) { c.Set(secureKey, yes) }

func secure(c echo.Context) bool {
	yes, _ := c.Get(secureKey).(bool)
	return yes
}

const languageCookie = "jl_lang"

// RememberLanguage keeps a choice made without signing in, for a year.
func RememberLanguage(c echo.Context, lang i18n.Lang) {
	c.SetCookie(&http.Cookie{Name: languageCookie, Value: string(lang), Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true,
		Secure: secure(c), SameSite: http.SameSiteLaxMode})
}

// RememberedLanguage is that choice; false when there is none.
func RememberedLanguage(c echo.Context) (i18n.Lang, bool) {
	cookie, err := c.Cookie(languageCookie)
	if err != nil {
		return "", false
	}
	return i18n.Known(cookie.Value)
}

// Local returns path when it is an address on this server, and otherwise instead: a link must not lead elsewhere.
func Local(path, instead string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") ||
		strings.ContainsFunc(path, func(r rune) bool { return r == '\\' || r < ' ' }) {
		return instead
	}
	return path
}

// Done answers a change: the browser goes to path and is told what happened there. key names a message; "" tells nothing.
func Done(c echo.Context, path, key string) error {
	if key != "" {
		c.SetCookie(&http.Cookie{Name: flashCookie, Value: url.QueryEscape(key), Path: "/", MaxAge: 60, HttpOnly: true,
			Secure: secure(c), SameSite: http.SameSiteLaxMode})
	}
	return c.Redirect(http.StatusSeeOther, path)
}

// HasFlash reports whether there is a message to be shown once.
func HasFlash(c echo.Context) bool {
	_, err := c.Cookie(flashCookie)
	return err == nil
}

// takeFlash shows a message once. The cookie holds a message key and nothing else: a forged one shows another of our
// own sentences at worst.
func takeFlash(c echo.Context) ui.Flash {
	cookie, err := c.Cookie(flashCookie)
	if err != nil {
		return ui.Flash{}
	}
	c.SetCookie(&http.Cookie{Name: flashCookie, Path: "/", MaxAge: -1, HttpOnly: true, Secure: secure(c), SameSite: http.SameSiteLaxMode})
	key, err := url.QueryUnescape(cookie.Value)
	if err != nil || !Reader(c).Has(key) {
		return ui.Flash{}
	}
	return ui.Flash{Tone: ui.Success, Text: T(c, key)}
}

// ID reads a number from the path; anything else is a page that does not exist.
func ID(c echo.Context, name string) (int64, error) {
	n, err := strconv.ParseInt(c.Param(name), 10, 64)
	if err != nil || n < 0 {
		return 0, fault.Missing("errors.page_missing")
	}
	return n, nil
}

// FormID reads a number from a form, 0 when it is empty or none.
func FormID(c echo.Context, name string) int64 {
	n, err := strconv.ParseInt(c.FormValue(name), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// Ask reads which part of a list is wanted: page, sort, desc.
func Ask(c echo.Context) page.Ask {
	n, _ := strconv.Atoi(c.QueryParam("page"))
	return page.Ask{Number: n, Sort: c.QueryParam("sort"), Desc: c.QueryParam("desc") == "1"}.Clean()
}

// Problems returns the fields of an Invalid fault, so that the form can be shown again with them; ok is false for any
// other error, which the handler returns as it is.
func Problems(err error) (fields []fault.Field, ok bool) {
	if f := fault.Of(err); f != nil && f.Kind == fault.KindInvalid {
		return f.Fields, true
	}
	return nil, false
}
