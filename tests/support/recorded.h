/* SPDX-License-Identifier: MIT */
/* recorded.h: the trace of letters that was recorded for the tests. */
#pragma once
#include "trace/trace-read.h"
#include <check.h>

/* Its events, in a log of their own. */
static inline GpoLog *
recorded_log (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (g_getenv ("GPO_SOURCE_ROOT"), "tests", "gui", "letters.trace", NULL);
  GpoLog *log = gpo_log_new ();
  ck_assert_msg (gpo_trace_load (log, path, NULL, &error), "%s", error ? error->message : "");
  return log;
}
