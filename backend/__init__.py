"""Keeps and shows it: tables, web application, exports, settings, command line, and the wiring."""
