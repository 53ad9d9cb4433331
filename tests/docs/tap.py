# SPDX-License-Identifier: MIT
"""tap.py: each check is a case of its own, in the Test Anything Protocol that Meson reads."""
import sys


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def check(self, good, name, *details):
        """One case. `details` are said only when it fails: what is wrong, and the cure."""
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}")
        if not good:
            for detail in details:
                for line in str(detail).splitlines():
                    print(f"#   {line}")
        sys.stdout.flush()
        return good

    def skip(self, name, why):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {why}", flush=True)

    def done(self):
        """Prints the plan and ends the program. A run without a case has failed."""
        if not self.count:
            self.check(False, "at least one case ran")
        print(f"1..{self.count}")
        sys.exit(1 if self.failed else 0)
