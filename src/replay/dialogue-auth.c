/* SPDX-License-Identifier: MIT */
/* dialogue-auth.c: the lines of a proof, encoded before one's eyes: RFC 4954 §4, RFC 3501 §6.2.2, RFC 5034
 * §4. */
#include "replay/dialogue-private.h"
#include <string.h>

void
gpo_proof_clear (GpoProof *proof)
{
  g_free (proof->line);
  g_free (proof->heard);
  g_free (proof->plain);
  *proof = (GpoProof){ 0 };
}

static char *
command (const GpoDialogue *d, const char *mechanism)
{
  if (d->protocol != GPO_PROTOCOL_IMAP)
    return g_strdup_printf ("AUTH %s", mechanism);
  g_autofree char *tag = gpo_dialogue_tag (d);
  return g_strdup_printf ("%s AUTHENTICATE %s", tag, mechanism);
}

/* What stands behind "334 " or "+ ". */
static const char *
challenge_of (const GpoDialogue *d)
{
  const char *space = d->last ? strchr (d->last, ' ') : NULL;
  return space ? space + 1 : "";
}

static gboolean
begin (GpoDialogue *d, const char *mechanism, const char *user, const char *password, GpoProof *out,
       char **problem)
{
  g_autoptr (GError) error = NULL;
  g_clear_pointer (&d->sasl, gpo_sasl_free);
  d->sasl = gpo_sasl_client_new (mechanism, user, password, &error);
  if (d->sasl)
    out->line = command (d, mechanism);
  else
    *problem = g_strdup (error->message);
  return d->sasl != NULL;
}

gboolean
gpo_dialogue_prove (GpoDialogue *d, const char *mechanism, const char *user, const char *password,
                    GpoProof *out, char **problem)
{
  *out = (GpoProof){ 0 };
  *problem = NULL;
  if (gpo_dialogue_expects (d) != GPO_TYPED_ANSWER)
    return begin (d, mechanism, user, password, out, problem);
  if (!d->sasl)
    {
      *problem = g_strdup ("the proof under way was not begun here: type * to give it up, and begin anew");
      return FALSE;
    }
  const char *challenge = challenge_of (d);
  g_autofree char *explanation = NULL;
  const char *said = gpo_sasl_mechanism_of (d->sasl);
  out->heard = *challenge ? gpo_sasl_explain (said, challenge) : NULL;
  gboolean first = !*challenge && gpo_sasl_client_first (said); /* "334 " says: begin */
  GpoSaslStep step = gpo_sasl_step (d->sasl, first ? NULL : challenge, &out->line, &explanation);
  if (step == GPO_SASL_MORE || step == GPO_SASL_DONE)
    {
      out->plain = *out->line ? gpo_sasl_explain (said, out->line) : g_strdup ("");
      return TRUE;
    }
  *problem
      = g_strdup (explanation ? explanation : "the server's challenge makes no sense: type * to give up");
  gpo_proof_clear (out);
  return FALSE;
}
