"""Job files: what a user writes, checked in full before anything is sent."""

from direct_access.jobfile.jobfile import JobFile, load
from direct_access.jobfile.params import DocumentParams, ExternalParams, FileParams, Params
from direct_access.jobfile.schema import schema

__all__ = ["DocumentParams", "ExternalParams", "FileParams", "JobFile", "Params", "load", "schema"]
