/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/exposure.h"

#include "util/arena.h"

/* clang-format off */
static const struct kernel_file_info files[KERNEL_FILE_COUNT] = {
	[KERNEL_FILE_CORE_PATTERN] = { "proc", "/sys/kernel/core_pattern" },
	[KERNEL_FILE_MODPROBE] = { "proc", "/sys/kernel/modprobe" },
	[KERNEL_FILE_SYSRQ] = { "proc", "/sysrq-trigger" },
	[KERNEL_FILE_UEVENT_HELPER] = { "sysfs", "/kernel/uevent_helper" },
	[KERNEL_FILE_KCORE] = { "proc", "/kcore" },
	[KERNEL_FILE_KEYS] = { "proc", "/keys" },
	[KERNEL_FILE_TIMER_LIST] = { "proc", "/timer_list" },
	[KERNEL_FILE_SCHED_DEBUG] = { "proc", "/sched_debug" },
	[KERNEL_FILE_LATENCY_STATS] = { "proc", "/latency_stats" },
	[KERNEL_FILE_ACPI] = { "proc", "/acpi" },
	[KERNEL_FILE_SCSI] = { "proc", "/scsi" },
	[KERNEL_FILE_FIRMWARE] = { "sysfs", "/firmware" },
};
/* clang-format on */

const struct kernel_file_info *kernel_file_info(enum kernel_file file)
{
	return &files[file];
}

const struct exposures *exposures_free(const struct exposures *exposures)
{
	if (exposures)
		arena_free(exposures->arena);
	return NULL;
}

static int compare_exposures(const void *a, const void *b)
{
	const struct exposure *x = a, *y = b;
	return (x->process > y->process) - (x->process < y->process);
}

const struct exposure *exposures_find(const struct exposures *exposures,
				      const struct process *process)
{
	const struct exposure key = { .process = process };
	if (!exposures->n)
		return NULL;
	return bsearch(&key, exposures->items, exposures->n, sizeof(key), compare_exposures);
}
