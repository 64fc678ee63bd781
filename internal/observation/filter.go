package observation

// Filter is what the list can be asked for; zero fields want all.
type Filter struct {
	Kind       Kind
	State      State
	Touchpoint int64
	Words      string // as typed
	Candidates bool   // only improvement candidates
	Own        bool   // only what the asker wrote down herself
}
