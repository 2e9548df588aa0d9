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



class Tap(unittest.TestResult):
    """One TAP line per case."""

    def line(self, ok, test, why=""):
        print(f"{ok} {self.testsRun} - {test.id().removeprefix('__main__.')}")
        for text in why.strip().splitlines():
            print(f"# {text}")

    def addSuccess(self, test):
        self.line("ok", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.line("not ok", test, self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self.line("not ok", test, self.errors[-1][1])


def tap():
    cases = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    result = Tap()
    cases.run(result)
    print(f"1..{result.testsRun}")
    return 0 if result.wasSuccessful() and result.testsRun > 0 else 1


if __name__ == "__main__":
    sys.exit(tap() if sys.argv[1:] == ["--tap"] else unittest.main())
