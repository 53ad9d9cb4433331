/* SPDX-License-Identifier: MIT */
/* reenact-auth.h: logging in again: which lines are said anew, and how. Pure. */
#pragma once
#include "replay/script.h"
#include "protocol/sasl.h"

G_BEGIN_DECLS

/* A login under way; zeroed at first. */
typedef struct
{
  GpoSasl *sasl;
  char *challenge; /* base64, of the answer that came last; NULL: none */
} GpoReauth;

void gpo_reauth_clear (GpoReauth *auth);
/* The answer that came: keeps its challenge. */
void gpo_reauth_hear (GpoReauth *auth, const GpoAnswer *answer);
/* The line to be said in place of step i of the script, with its ending; NULL: as it was recorded. Logins
 * that were refused in the recording are said as they were. `name` and `password` as in GpoTarget. *problem
 * (static) says why it cannot be done, or stays. The caller frees. */
char *gpo_reauth_line (GpoReauth *auth, const GpoScript *script, guint i, const char *name,
                       const char *password, const char **problem);

G_END_DECLS
