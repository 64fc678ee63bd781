package outreach

// Filter narrows the calls of a list; zero values do not. Query is words of the customer's name, or of her key.
type Filter struct {
	List, Caller int64
	Outcome      Outcome
	Query        string
}
