// SPDX-License-Identifier: GPL-2.0-only
/* The public header from C++, and calls that need no module. */
#include <knetctl/knetctl.h>

#include <cstring>

int main()
{
	struct knetctl_ftp_get args = KNETCTL_INIT(struct knetctl_ftp_get);
	struct knetctl_url url;
	const char *reason = nullptr;
	struct knetctl *handle = nullptr;

	if (args.size != sizeof(args) || args.pathname || args.stall_bytes)
		return 1;
	if (knetctl_url_parse("ftp://host/file", &url, &reason) || std::strcmp(url.host, "host"))
		return 2;
	knetctl_url_free(&url);
	if (std::strcmp(knetctl_state_name(KNETCTL_STATE_DONE), "done"))
		return 3;
	knetctl_close(handle);
	return 0;
}
