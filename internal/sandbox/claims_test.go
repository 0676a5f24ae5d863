package sandbox

// surface is a part of the sandbox with what it is claimed to do. docs/sandbox.md has it as a table, which TestParity
// writes and holds to this list.
type surface struct {
	title  string
	routes []string // patterns of the routing table that it covers; none for what is not of the Config API
	claims []claim
}

// claim is one thing that the sandbox does, who says that Segment does it, and the tests that prove it of the sandbox.
type claim struct {
	says   string
	source string   // letters of the page, a number of an RFC after R; "?" alone: nobody says
	tests  []string // Test or Test/subtest, of this package; cmd.Test of the command line
}

// claims are all of the sandbox. A claim is written here and nowhere else.
func claims() []surface {
	const (
		w       = "workspaces/{w}"
		src     = w + "/sources/{s}"
		dest    = src + "/destinations/{d}"
		plan    = w + "/tracking-plans/{t}"
		filters = dest + "/filters"
		long    = dest + "/config/{c}/filters"
	)
	t := func(names ...string) []string { return names }
	return []surface{
		{"`/oauth2/auth`", nil, []claim{
			{"`response_type=code` only; the scope must be the App's, else `invalid_scope`", "D P R 6749 §4.1", t("TestAuthorizationErrors")},
			{"a wrong client or redirect URI is shown, never redirected, with what was sent and what is registered", "R 6749 §4.1.2.1 H", t("TestAuthorizationShowsErrorsOfClientAndRedirectURI", "TestErrorPageComparesRedirectURLs")},
			{"without a `redirect_uri` the only registered one is meant, for the demo App the guide's", "D R 6749 §3.1.2.3", t("TestWithoutRedirectURI")},
			{"errors come with `error_description` and `error_hint`; with `state` only those that ORY Hydra finds after the login (quirk `error-state`)", "P H", t("TestHintsAreHydras", "TestAuthorizationErrors")},
			{"plain http is taken for localhost alone, and not for `[::1]`", "H", t("TestInsecureRedirect")},
			{"a known parameter that is repeated is refused, which is the RFC's: Hydra takes the first; an unknown one may repeat", "R 6749 §3.1 H", t("TestAuthorizationErrors/repeated parameter", "TestUnknownParametersMayRepeat")},
			{"a `state` of less than 8 characters is taken (quirk `short-state`)", "D H", t("TestShortState")},
		}},
		{"PKCE", nil, []claim{
			{"S256 and plain; enforced when a challenge was sent; a wrong verifier burns the code, and one without a challenge is refused. Hydra before 1.0.8 ignores all of it for Apps with a secret (quirk `pkce`)", "R 7636 §4 ?", t("TestPKCE")},
		}},
		{"`/login`, `/authorize`", nil, []claim{
			{"log in, choose workspace and source, allow or deny; works without JavaScript. The looks are our own", "S", t("TestConsent", "TestDeny", "TestWrongPassword")},
			{"a consent page that was left open for half an hour comes back as `request_unauthorized`; the half hour is assumed", "H ?", t("TestConsentLeftOpen")},
		}},
		{"`/oauth2/token`", nil, []claim{
			{"HTTP Basic with form-encoded halves; the answer names App, install, workspace and source", "D R 6749 §2.3.1", t("TestExchange", "TestExchangeOfWorkspaceScope", "TestExchangeDecodesBasic")},
			{"a secret in the form, beside Basic too, is 401; errors with Hydra's texts and hints", "S H R 6749 §5.2", t("TestExchangeErrors", "TestHintsAreHydras")},
			{"`redirect_uri` must be the one of the first step, if that had one (quirk `redirect-mismatch`)", "D S R 6749 §4.1.3", t("TestExchangeRedirectMismatchQuirk")},
			{"a code works once, also under concurrent use; a second use revokes its token", "R 6749 §4.1.2", t("TestConcurrentRedemption", "TestCodeReuseRevokesToken")},
			{"a code works for ten minutes (quirk `expired-code`); the ten minutes are the RFC's", "R 6749 §4.1.2 H ?", t("TestCodeExpires")},
			{"another grant type is `unsupported_grant_type`, another method 405", "R 6749 §5.2 ?", t("TestExchangeErrors/other grant type", "TestExchangeErrors/GET")},
		}},
		{"a slash too many at `/oauth2/…`", nil, []claim{{"307 to the path without it", "H", t("TestSlashesAtTheAuthorizationServer")}}},
		{"`GET /v1beta/installs/N/token`", []string{"installs/{n}/token"}, []claim{
			{"plain HTTP Basic; the old token is dead at once", "D P", t("TestRefresh")},
			{"answers a UUID token, `install/N`, no `source_names` (quirks `refresh-token`, `refresh-install-name`, `refresh-sources`)", "D", t("TestRefresh", "TestQuirks")},
		}},
		{"`workspaces[/W]`", []string{"workspaces", w}, []claim{
			{"those of the token; as a list or as one bare object (quirk `workspaces`)", "A D", t("TestWorkspaceScopes", "TestQuirks")},
			{"none for `destination/<slug>` (quirk `own-source`)", "D", t("TestDestinationScope")},
		}},
		{"`…/sources[/S]`", []string{w + "/sources", src}, []claim{
			{"list, get, create, delete, with the library config of a new source; what `display_name` starts as is assumed", "A C ?", t("TestCreateSource")},
			{"kinds that the catalog lacks, and ids with a space, are refused", "C ?", t("TestConformanceFields")},
			{"deleting takes everything on it along, its connection to a tracking plan too", "C", t("TestConnections")},
			{"none for `destination/<slug>` (quirk `own-source`)", "P", t("TestDestinationScope")},
		}},
		{"`…/schema-config`", []string{src + "/schema-config"}, []claim{
			{"get, PATCH with mask: all thirteen settings with their defaults, `false` and `\"\"` written out", "C", t("TestSchemaConfig")},
			{"the choices beside `ALLOW` are `BLOCK`, `OMIT_PROPERTIES`, `OMIT_TRAITS`", "?", t("TestSchemaConfig")},
			{"that of a source that there is not is 500 (quirk `missing-schema-config`)", "C", t("TestMissingSchemaConfig")},
		}},
		{"`…/destinations[/D]`", []string{src + "/destinations", dest}, []claim{
			{"list, get, create, PATCH with mask, delete; left out, `enabled` is false; a cloud-only one reads back `UNSPECIFIED`", "D A P S", t("TestCreateDestination", "TestCreateDestinationDefaults", "TestConnectionMode", "TestUpdateDestination")},
			{"creating one that exists is 500/13 (quirk `duplicate-create`)", "S P A", t("TestCreateDestination")},
			{"config merges by name", "A", t("TestUpdateDestination")},
			{"a value of null clears a setting", "?", t("TestUpdateDestination/null clears one setting")},
			{"settings are checked against the catalog for their type", "A", t("TestInvalidDestinations", "TestCheckValue")},
			{"and for their name, and required ones when the destination is enabled; patterns, ranges and options (compared as text) only by the quirk `patterns`", "?", t("TestInvalidDestinations", "TestPatternsQuirk")},
			{"what was written reads back, or every setting of the catalog (quirk `config`)", "C ?", t("TestConfigValuesAreKept", "TestConfigOfAllSettings")},
			{"an App without a component for its destination (one that was made over the Config API, or any with the quirk `component`) is refused to create it: 400/3. How Segment words that is assumed", "D ?", t("TestAppWithoutComponent")},
			{"a scope `destination/<slug>` reaches that one destination on its source", "D", t("TestDestinationScope")},
		}},
		{"`…/destinations/D/config/<hex>/filters[/df_…]`, `…/destinations/D/filters[/df_…]`", []string{filters, filters + "/{f}", long, long + "/{f}"}, []claim{
			{"list, get, create, PATCH with mask, delete, by the long name that answers have and by the short one", "C", t("TestFilterPaths", "TestFilters")},
			{"what is left out reads back empty; `percent` is 0 to 1; the fields of actions", "C ?", t("TestFilterFields", "TestConformanceFields")},
		}},
		{"`…/tracking-plans[/rs_…]`", []string{w + "/tracking-plans", plan}, []claim{
			{"list, get, create, PUT with mask (without one it replaces), delete", "C ?", t("TestTrackingPlans")},
			{"the schemas are kept as written, unknown fields beside them are not", "C", t("TestSchemasAreKept", "TestNoDifferenceAfterApply")},
		}},
		{"`…/source-connections[/S]`, `:batchCreateConnections`", []string{plan + "/source-connections", plan + "/source-connections/{s}", plan + "/source-connections:batchCreateConnections"}, []claim{
			{"list, create, delete; a connection has no name; one of a plan that is gone (quirk `deleted-plan`)", "C", t("TestConnections")},
			{"a source has one tracking plan at most: a second is 409/6, which is assumed; a batch is done as a whole or not at all", "C ?", t("TestConnections", "TestTrackingPlans")},
		}},
		{"`catalog/destinations[/D]`, `catalog/sources[/S]`", []string{"catalog/destinations", "catalog/destinations/{d}", "catalog/sources", "catalog/sources/{s}"}, []claim{
			{"list, get; entries of a catalog file with all their own fields in their own order", "A G", t("TestBuiltInCatalog", "TestBigCatalog", "TestCatalogFileOfSources")},
			{"`.net` is found as `net`, too", "G C", t("TestSourceCatalog")},
			{"any token may read (quirk `catalog-scope`)", "?", t("TestQuirks", "TestSourcesAndCatalog")},
		}},
		{"`workspaces/W/apps`, `apps`", []string{w + "/apps", "apps"}, []claim{
			{"creates an App that installs work with; without a workspace in the path it is the token's first", "A", t("TestCreateApp", "TestCreatedAppInstalls")},
			{"it has no component, so its destination cannot be created", "D ?", t("TestAppWithoutComponent")},
		}},
		{"`access-tokens`", []string{"access-tokens"}, []claim{{"HTTP Basic with e-mail and password; a personal token", "A", t("TestAccessTokens")}}},
		{
			"metrics, roles and policies, invites, users, regulations and suppressed-users (of workspaces and sources), functions and their `deploy`, `connected-warehouses`, `filters/preview`",
			unknownPatterns(),
			[]claim{{"**501** with a body that says why: only the paths are documented", "A C", t("TestConformanceOfAllRoutes")}},
		},
		{"every route under `/v1beta`", nil, []claim{
			{"errors are `{\"error\", \"code\"}`; a known field of the wrong type and an unknown path in an update mask are 400/3, unknown fields are let through", "A", t("TestConformanceFields")},
			{"requests and answers are as `docs/schema/config-api.yaml` describes them", "A C", t("TestDescriptionHasEveryRoute")},
			{"bodies in the single quotes of Segment's own tutorial are read (quirk `json`)", "A P", t("TestTutorial")},
			{"a token that does not work, an expired one too, is 401/16 `malformed token`", "D", t("TestUnauthenticated", "TestExpiryGrace")},
			{"doubled and trailing slashes are accepted", "C", t("TestPaths")},
			{"pages neither skip nor repeat", "A C", t("TestPaging")},
			{"`destination/<slug>`, `workspace:read` and `workspace` reach what they reach; anything else is 403/7 `insufficient scope` (quirk `forbidden`)", "D A", t("TestDestinationScope", "TestWorkspaceScopes")},
			{"another method is 405 with `Allow`, code 12", "?", t("TestConformanceOfAllRoutes")},
		}},
		{"any other path", nil, []claim{
			{"plain text 503 `upstream connect error or disconnect/reset before headers`", "A", t("TestConformanceOfAllRoutes")},
			{"so at the names of the other hosts, for what they do not serve", "?", t("TestHostsServeTheirOwnRoutes")},
			{"so for `/.well-known/openid-configuration`, `/userinfo`, `/oauth2/revoke` and whatever else Hydra has: whether Segment let them through, nobody says", "?", t("TestWhatElseHydraHas")},
		}},
	}
}

// program is a client of a kind that is tried against the sandbox, and the surfaces which it uses there. Where a test says
// which requests it made, it holds the list to them.
type program struct {
	name, test string
	uses       []string // titles
}

func programs() []program {
	const (
		auth, pkce, consent, token = "`/oauth2/auth`", "PKCE", "`/login`, `/authorize`", "`/oauth2/token`"
		refresh                    = "`GET /v1beta/installs/N/token`"
		workspaces                 = "`workspaces[/W]`"
		destinations               = "`…/destinations[/D]`"
	)
	return []program{
		{"Go", "cmd.TestGoClient", []string{auth, pkce, token, refresh, destinations}},
		{"Python", "cmd.TestPythonClient", []string{auth, token, refresh, destinations}},
		{"Node", "cmd.TestNodeClient", []string{auth, token, refresh, destinations}},
		{"Node libraries", "cmd.TestNodeLibraries", []string{token, workspaces}},
		{"Terraform-style", "TestNoDifferenceAfterApply", terraformStyle()},
		{"curl", "cmd.TestScripts/sandbox_oauth", []string{auth, token}},
		{"curl", "cmd.TestScripts/sandbox_intercept", []string{auth, workspaces}},
		{"Chromium", "TestChromiumConsent", []string{auth, consent}},
	}
}
