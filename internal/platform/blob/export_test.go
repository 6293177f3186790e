package blob

// FailAt makes a step of Put fail, in tests; the empty name, none.
func (s *Store) FailAt(name string, err error) {
	s.step = func(step string) error {
		if step == name {
			return err
		}
		return nil
	}
}
