"""Our clients of object stores against real stores, judged by the SDKs of AWS and IBM."""
