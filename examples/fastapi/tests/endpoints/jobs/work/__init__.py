"""Tests of the work of each type of job."""
