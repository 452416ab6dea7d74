"""Tests of each type of job."""
