package stat

// Lot draws a number in [0, 1) for a subject, always the same under the same seed: who is below a share is drawn with that
// probability, and nobody chooses. Not for secrets: who knows the seed knows the lot. It is the first output of SplitMix64
// for the mixed seed and subject (Steele, Lea & Flood 2014; methods.md §1.10: without a draw there is no control).
func Lot(seed, subject int64) float64 {
	x := splitMix(splitMix(uint64(seed)) ^ uint64(subject))
	return float64(x>>11) / (1 << 53)
}

// splitMix is one step of SplitMix64.
func splitMix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
