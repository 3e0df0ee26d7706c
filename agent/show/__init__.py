"""Look at what telemetry holds: tables that a reader can check a finding's numbers against."""

from agent.show.request import Filters, Request, show, sql
from agent.show.table import Column, Plot, Table

__all__ = ["Column", "Filters", "Plot", "Request", "Table", "show", "sql"]
