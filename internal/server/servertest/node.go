package servertest

import (
	"context"
	"log/slog"
	"net"

	"github.com/journeyloop/journeyloop/internal/app"
	"github.com/journeyloop/journeyloop/internal/store"
	"github.com/journeyloop/journeyloop/internal/store/storetest"
)

// Node is the address of a further server on the world's database, which it opens by itself as another machine would.
// With no memory it makes every page anew. Browsers that are signed in at the world are so there too.
func (w *World) Node(pageMemory int) string {
	w.T.Helper()
	own, err := store.Open(context.Background(), w.App.Store.URL, storetest.Zone)
	w.must(err)
	config := w.App.Config
	config.PageMemory = pageMemory
	a, err := app.On(own, config, w.Mail, w.Now)
	w.must(err)
	server, err := a.Server(slog.New(slog.NewTextHandler(w.T.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})))
	w.must(err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	w.must(err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, l) }()
	w.T.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			w.T.Errorf("serve: %v", err)
		}
		w.must(a.Close())
	})
	return "http://" + l.Addr().String()
}

// At is the same browser at another node.
func (c *Client) At(url string) *Client {
	return &Client{T: c.T, URL: url, HTTP: c.HTTP}
}
