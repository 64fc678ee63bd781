package insight

import (
	"context"
	"fmt"
	"time"

	"github.com/journeyloop/journeyloop/internal/i18n"
	"github.com/journeyloop/journeyloop/internal/recall"
)

// look lets what is asked with the ctx it returns be a part of one look at the data: the one that ctx is a part of, or one
// that begins now.
func (s *Service) look(ctx context.Context) (context.Context, error) {
	if recall.From(ctx) != nil {
		return ctx, nil
	}
	sight, err := s.Store.Look(ctx)
	return recall.With(ctx, sight), err
}

// remembered finds what a name stands for today, or works it out. It is shared: nobody changes any of it.
func remembered[T any](ctx context.Context, s *Service, name string, find func(ctx context.Context) (T, error)) (T, error) {
	return rememberedAt(ctx, s, int64(i18n.Day(s.Now(), s.Zone)), name, find)
}

// rememberedNow is remembered where what is overdue counts: within the minute.
func rememberedNow[T any](ctx context.Context, s *Service, name string, find func(ctx context.Context) (T, error)) (T, error) {
	return rememberedAt(ctx, s, s.Now().Truncate(time.Minute).Unix(), name, find)
}

func rememberedAt[T any](ctx context.Context, s *Service, when int64, name string, find func(ctx context.Context) (T, error)) (T, error) {
	ctx, err := s.look(ctx)
	if err != nil {
		var none T
		return none, fmt.Errorf("look at the data: %w", err)
	}
	return recall.Find(ctx, &s.told, fmt.Sprint(when, " ", name), func(T) int { return rowsOfOne }, find)
}

// rowsOfOne is about as many rows as what is worked out takes room.
const rowsOfOne = 30
