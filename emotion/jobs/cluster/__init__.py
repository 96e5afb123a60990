"""An existing Dask cluster does the work: the same tasks, claimed by the same leases, on other machines.

One process here, the feeder, holds the leases and the connection to the database; the cluster's workers see the data
folder under the same path, have this package and its models, and nothing else of ours. Each thread of the cluster gets
one task at a time. A cluster worker that is lost costs time only: Dask gives its task to another, and what was finished
lies in the data folder.

Nobody else imports ``distributed`` (the extra ``cluster``).
"""
