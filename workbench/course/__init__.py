"""A course from the chapters: a set for students and one for teachers, from one source.

An exercise is a Markdown cell, a code cell tagged ``solution``, and a code cell tagged ``check`` that asserts on
what the solution computes.
"""

from .copies import CourseError, student, teacher
from .sets import write

__all__ = ["CourseError", "student", "teacher", "write"]
