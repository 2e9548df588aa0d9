"""TAP from plain functions: test(name)(function), then finish()."""
import sys
import traceback

count = failed = 0


def case(name):
    """Runs the function at once; an AssertionError or any other is a failure."""
    def run(fn):
        global count, failed
        count += 1
        try:
            note = fn()
            print(f"ok {count} - {name}" + (f" ({note})" if note else ""))
        except Exception as e:      # a test that cannot run has failed
            failed += 1
            print(f"not ok {count} - {name}")
            where = traceback.extract_tb(e.__traceback__)[-1]
            print(f"# {type(e).__name__} at line {where.lineno}: {str(e)[:1500]}".replace("\n", "\n# "))
        sys.stdout.flush()
        return fn
    return run


def finish():
    print(f"1..{count}")
    sys.exit(failed > 0)


def same(got, want, what=""):
    assert got == want, f"{what}: {got!r} instead of {want!r}"
