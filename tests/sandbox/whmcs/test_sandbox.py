#!/usr/bin/python3
"""Tests of the WHMCS sandbox. Run this file; it exits non-zero on failure."""

import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from cases_clients import *    # noqa: E402,F401,F403
from cases_faults import *     # noqa: E402,F401,F403
from cases_invoices import *   # noqa: E402,F401,F403
from cases_payments import *   # noqa: E402,F401,F403
from cases_system import *     # noqa: E402,F401,F403

if __name__ == "__main__":
    unittest.main()
