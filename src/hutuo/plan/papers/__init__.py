"""Documents as text: txt, Word, web pages and PDF, one paragraph a line."""
