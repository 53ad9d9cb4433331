/* SPDX-License-Identifier: MIT */
/* machines.c: the list of all machines. */
#include "protocol/machine.h"

const GpoMachine *const gpo_machines[] = { NULL };
