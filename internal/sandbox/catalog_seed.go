package sandbox

import "strings"

// secretPattern is what the catalog asks of most keys.
const secretPattern = `^.{8,}$`

// catalogSeed is the part of Segment's destination catalog that a sandbox starts with.
func catalogSeed() []*catalogDestination {
	return []*catalogDestination{
		seedEntry("clearbrain", "ClearBrain", "Personalization", "CLOUD",
			required(key("apiKey", "API Key"))),
		seedEntry("webhooks", "Webhooks", "Raw Data", "CLOUD",
			key("sharedSecret", "Shared Secret"),
			text("globalHook", "Webhook URL", ""),
			setting("hooks", "Webhooks", "MIXED")),
		seedEntry("google-analytics", "Google Analytics", "Analytics", "WEB IOS ANDROID CLOUD",
			text("trackingId", "Website Tracking ID", `^UA-\d+-\d+$`),
			text("serversideTrackingId", "Server-Side Tracking ID", ""),
			text("mobileTrackingId", "Mobile Tracking ID", ""),
			text("domain", "Cookie Domain Name", ""),
			setting("anonymizeIp", "Anonymize IP Addresses", "BOOLEAN"),
			setting("enableServerIdentify", "Enable Server Side Identify", "BOOLEAN"),
			number("sampleRate", "Sample Rate", 1, 100),
			prefixed("dimensions", "Custom Dimensions", "dimension"),
			prefixed("metrics", "Custom Metrics", "metric"),
			setting("ignoredReferrers", "Ignored Referrers", "MULTI_LINE_STRING"),
			setting("resetCustomDimensionsOnPage", "Reset Custom Dimensions on Page Calls", "LIST")),
		seedEntry("amplitude", "Amplitude", "Analytics", "WEB IOS ANDROID CLOUD",
			required(key("apiKey", "API Key")),
			key("secretKey", "Secret Key"),
			setting("trackAllPages", "Track All Pages", "BOOLEAN"),
			number("eventUploadThreshold", "Event Upload Threshold", 0, 0),
			setting("traitsToIncrement", "Traits To Increment", "LIST")),
		seedEntry("mixpanel", "Mixpanel", "Analytics", "WEB IOS ANDROID CLOUD",
			required(key("token", "Token")),
			key("apiKey", "API Key"),
			setting("people", "Use Mixpanel People", "BOOLEAN"),
			choice("persistence", "Persistence Type", "cookie", "localStorage"),
			setting("peopleProperties", "Properties to send to Mixpanel People", "LIST")),
		seedEntry("customer.io", "Customer.io", "Email Marketing", "WEB CLOUD",
			required(text("siteId", "Site ID", "")),
			key("apiKey", "API Key"),
			setting("convertToUnixTime", "Convert Traits to Unix Timestamps", "BOOLEAN")),
		seedEntry("appboy", "Braze", "SMS & Push Notifications", "WEB IOS ANDROID CLOUD",
			required(key("appGroupId", "REST API Key")),
			required(choice("datacenter", "Appboy Datacenter", "us", "us02", "us03", "us04", "eu", "us06", "us08")),
			text("apiKey", "App Identifier", ""),
			setting("trackAllPages", "Track All Pages", "BOOLEAN")),
		seedEntry("airship", "Airship", "SMS & Push Notifications", "",
			required(key("apiKey", "API Key")),
			required(key("appKey", "App Key")),
			setting("airshipEuDataCenter", "EU Data Center", "BOOLEAN")),
		seedEntry("activecampaign", "ActiveCampaign", "Email Marketing", "CLOUD",
			required(key("apiKey", "API Key")),
			required(key("apiSecret", "API Secret"))),
	}
}

func seedEntry(slug, displayName, category, components string, settings ...catalogSetting) *catalogDestination {
	d := &catalogDestination{
		Name: "catalog/destinations/" + slug, DisplayName: displayName, Type: "STREAMING", Status: "PUBLIC",
		Description:   "Send events to " + displayName + ".",
		Website:       "https://" + slug + ".example",
		PreviousNames: []string{displayName},
		Logos:         seedLogos(slug),
		Categories:    catalogCategories{Primary: category, Additional: []string{}},
		Components:    []catalogComponent{},
		Platforms:     catalogPlatforms{Browser: true, Server: true, Mobile: true},
		Methods:       catalogMethods{Identify: true, PageView: true, Track: true},
		Settings:      settings,
	}
	for component := range strings.FieldsSeq(components) {
		d.Components = append(d.Components, catalogComponent{component})
	}
	return d
}

// seedLogos are addresses under a name that can never exist: whoever shows a catalog finds none of anybody's marks.
func seedLogos(slug string) catalogLogos {
	return catalogLogos{Logo: "https://logos.example/" + slug + ".svg", Mark: "https://logos.example/" + slug + "-mark.svg"}
}

// catalogSourceSeed is the part of Segment's source catalog that a sandbox starts with: those that seeds and the
// documents' examples name.
func catalogSourceSeed() []*catalogSource {
	all := []*catalogSource{}
	for _, s := range [][3]string{
		{"javascript", "Javascript", "Website"},
		{"ios", "iOS", "Mobile"},
		{"android", "Android", "Mobile"},
		{".net", ".NET", "Server"},
		{"node.js", "Node.js", "Server"},
		{"python", "Python", "Server"},
		{"ruby", "Ruby", "Server"},
		{"go", "Go", "Server"},
		{"java", "Java", "Server"},
		{"php", "PHP", "Server"},
	} {
		all = append(all, &catalogSource{
			Name: "catalog/sources/" + s[0], DisplayName: s[1], Description: "Collect events with the " + s[1] + " library.",
			Type: "event", Categories: []string{s[2]}, Logos: seedLogos(strings.TrimPrefix(s[0], ".")),
		})
	}
	return all
}

func setting(name, displayName, kind string) catalogSetting {
	return catalogSetting{Name: name, DisplayName: displayName, Type: kind, Settings: []catalogSetting{}}
}

func text(name, displayName, pattern string) catalogSetting {
	s := setting(name, displayName, "STRING")
	s.StringValidators = &stringValidators{Regexp: pattern}
	return s
}

func key(name, displayName string) catalogSetting { return text(name, displayName, secretPattern) }

func number(name, displayName string, low, high float64) catalogSetting {
	s := setting(name, displayName, "NUMBER")
	s.NumberValidators = &numberValidators{Min: low, Max: high}
	return s
}

func choice(name, displayName string, options ...any) catalogSetting {
	s := setting(name, displayName, "SELECT")
	s.SelectValidators = &selectValidators{SelectOptions: options}
	return s
}

func prefixed(name, displayName, prefix string) catalogSetting {
	s := setting(name, displayName, "MAP")
	s.MapValidators = &mapValidators{MapPrefix: prefix, SelectOptions: []any{}}
	return s
}

func required(s catalogSetting) catalogSetting {
	s.Required = true
	return s
}
