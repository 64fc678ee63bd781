package main

type demoCmd struct{}

func (demoCmd) Run(w *world) error { return nil }
