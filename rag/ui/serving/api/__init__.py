"""The named endpoints, the JSON that they return, and what a call may bring."""
