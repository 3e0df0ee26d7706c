"""What people answer to the comment: they ask why, confirm a cause, or say that it is wrong."""
