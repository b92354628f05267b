"""`/flow-results`: a city's surveys as FLOIP Flow Results 1.1, over its API, for reading only.

Source: the specification's "API Access" (exchange formats facts, section 3.3). It is microdata:
only coordinators and administrators may read it, and every access is in the audit log. Descriptor
and rows are those of the export `flow-results`.
"""

from backend.flow_results.packages import Packages
from backend.flow_results.routes import router

__all__ = ["Packages", "router"]
