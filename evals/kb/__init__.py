"""How well past postmortems are found, and how seldom where there is none."""
