package notify

// Writer takes letters out of the house.
type Writer interface{}
