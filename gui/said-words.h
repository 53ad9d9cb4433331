/* SPDX-License-Identifier: MIT */
/* said-words.h: a command of the envelope and its answer in words, for whatever shows them. */
#pragma once
#include "prose.h"
#include "replay/letter-facts.h"

G_BEGIN_DECLS

/* "RCPT TO:<bob@sparta.example>". The caller frees. */
char *gpo_said_command (const GpoSaid *said);
/* "✓ 250 2.1.5 recipient noted", and how it looks. The caller frees. */
char *gpo_said_answer (const GpoSaid *said, GpoProseStyle *style);

G_END_DECLS
