package main

type serveCmd struct{}
type demoCmd struct{}
type userCmd struct{}

func (serveCmd) Run(w *world) error { return nil }
func (demoCmd) Run(w *world) error  { return nil }
func (userCmd) Run(w *world) error  { return nil }
