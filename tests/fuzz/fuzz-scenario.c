/* SPDX-License-Identifier: MIT */
/* fuzz-scenario.c: a scenario file: any bytes become a world that can be run, or are refused with one
 * error that names the file. */
#include "fuzz-target.h"
#include "office/scenario.h"
#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoScenario) scenario = gpo_scenario_read ((const char *) data, size, "fuzz.scenario", "/fuzz", -1, &error);
  g_assert_true ((scenario == NULL) == (error != NULL));
  if (!scenario)
    {
      g_assert_nonnull (strstr (error->message, "fuzz.scenario:"));
      return 0;
    }
  g_assert_cmpuint (scenario->world->hosts->len, >, 0);
  for (guint i = 0; i < scenario->world->hosts->len; i++)
    {
      GpoHost *host = scenario->world->hosts->pdata[i];
      g_assert_true (gpo_world_host (scenario->world, host->domain) == host);
      for (int role = 0; role < GPO_N_ROLES; role++)
        g_assert_true (host->has_role[role] == (host->port[role] != 0));
      g_assert_true (scenario->world->outside || g_str_has_prefix (host->address, "127.")
                     || strcmp (host->address, "::1") == 0);
    }
  return 0;
}
