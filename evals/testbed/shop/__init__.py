"""The shop itself: ordinary services that know nothing about being broken on purpose."""
