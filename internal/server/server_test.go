package server_test

import (
	"testing"

	"github.com/journeyloop/journeyloop/internal/server/servertest"
)

func TestSmoke(t *testing.T) {
	servertest.Exercise(t, func(t *testing.T, w *servertest.World) {
		w.AddAnswered("o1", 2, "نصاب دیر آمد")
		p := w.As("zahra").Get("/me")
		if p.Status != 200 {
			t.Fatal(p.Status, p.Body)
		}
		t.Log(p.Find("main").Text())
	})
}
