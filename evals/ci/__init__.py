"""How good the decisive lines of CI logs are."""
