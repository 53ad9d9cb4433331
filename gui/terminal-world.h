/* SPDX-License-Identifier: MIT */
/* terminal-world.h: what a terminal needs to know of the world: whom one may call, who may be typing, and the
 * addresses that can be completed.
 *
 * Knows no widget. Main thread only. */
#pragma once
#include "office/office.h"
#include "office/typed-call.h"

G_BEGIN_DECLS

typedef struct GpoTerminalWorld GpoTerminalWorld;

/* office: NULL where there is none: nobody can be called by name then. It must outlive this. */
GpoTerminalWorld *gpo_terminal_world_new (GpoOffice *office);
void gpo_terminal_world_free (GpoTerminalWorld *world);

/* The counters: "athens SMTP, port 11025". */
guint gpo_terminal_world_n_targets (const GpoTerminalWorld *world);
const char *gpo_terminal_world_target (const GpoTerminalWorld *world, guint i);
/* Writes whom to call at counter i; strings belong to the world. */
void gpo_terminal_world_fill (const GpoTerminalWorld *world, guint i, GpoTypedCallOptions *options);

/* Who may be typing, as the trace names them: "terminal", then the people's logins; NULL-terminated, the
 * world's own. */
const char *const *gpo_terminal_world_people (const GpoTerminalWorld *world);
/* The people's addresses, NULL-terminated; belongs to the world. */
const char *const *gpo_terminal_world_addresses (const GpoTerminalWorld *world);

G_END_DECLS
