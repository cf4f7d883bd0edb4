"""The application for a WSGI server, with settings from the environment."""

from portal.app import create_wsgi

application = create_wsgi()
