/* SPDX-License-Identifier: MIT */
/* check-main.h: the main() of a unit test program. Define `static Suite *suite (void)` and include
 * this last. Meson's environment makes Check write TAP to stdout, one line a case. */
#pragma once
#include <check.h>
#include <stdlib.h>

int
main (void)
{
  SRunner *runner = srunner_create (suite ());
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
