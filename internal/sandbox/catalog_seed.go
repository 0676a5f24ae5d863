package sandbox

import (
	"encoding/json"
	"strings"
)

// catalogSeed is the part of Segment's destination catalog that a sandbox starts with.
func catalogSeed() []*catalogDestination {
	return []*catalogDestination{
		seedEntry("clearbrain", "ClearBrain", "CLOUD",
			required(text("apiKey", "API Key", `^.{8,}$`))),
		seedEntry("webhooks", "Webhooks", "CLOUD",
			text("sharedSecret", "Shared Secret", ""),
			text("globalHook", "Webhook URL", ""),
			setting("hooks", "Webhooks", "MIXED")),
		seedEntry("google-analytics", "Google Analytics", "WEB IOS ANDROID CLOUD",
			text("trackingId", "Website Tracking ID", `^UA-\d+-\d+$`),
			text("serversideTrackingId", "Server-Side Tracking ID", ""),
			text("mobileTrackingId", "Mobile Tracking ID", ""),
			text("domain", "Cookie Domain Name", ""),
			setting("anonymizeIp", "Anonymize IP Addresses", "BOOLEAN"),
			setting("enableServerIdentify", "Enable Server Side Identify", "BOOLEAN"),
			setting("sampleRate", "Sample Rate", "NUMBER"),
			setting("dimensions", "Custom Dimensions", "MAP"),
			setting("metrics", "Custom Metrics", "MAP"),
			setting("ignoredReferrers", "Ignored Referrers", "MULTI_LINE_STRING"),
			setting("resetCustomDimensionsOnPage", "Reset Custom Dimensions on Page Calls", "LIST")),
		seedEntry("amplitude", "Amplitude", "WEB IOS ANDROID CLOUD",
			required(text("apiKey", "API Key", "")),
			text("secretKey", "Secret Key", ""),
			setting("trackAllPages", "Track All Pages", "BOOLEAN"),
			setting("eventUploadThreshold", "Event Upload Threshold", "NUMBER"),
			setting("traitsToIncrement", "Traits To Increment", "LIST")),
		seedEntry("mixpanel", "Mixpanel", "WEB IOS ANDROID CLOUD",
			required(text("token", "Token", "")),
			text("apiKey", "API Key", ""),
			setting("people", "Use Mixpanel People", "BOOLEAN"),
			choice("persistence", "Persistence Type", "cookie", "localStorage"),
			setting("peopleProperties", "Properties to send to Mixpanel People", "LIST")),
		seedEntry("customer.io", "Customer.io", "WEB CLOUD",
			required(text("siteId", "Site ID", "")),
			text("apiKey", "API Key", ""),
			setting("convertToUnixTime", "Convert Traits to Unix Timestamps", "BOOLEAN")),
		seedEntry("appboy", "Braze", "WEB IOS ANDROID CLOUD",
			required(text("appGroupId", "REST API Key", "")),
			required(choice("datacenter", "Datacenter")),
			text("apiKey", "App Identifier", ""),
			setting("trackAllPages", "Track All Pages", "BOOLEAN")),
		seedEntry("airship", "Airship", "",
			required(text("apiKey", "API Key", "")),
			required(text("appKey", "App Key", "")),
			setting("airshipEuDataCenter", "EU Data Center", "BOOLEAN")),
		seedEntry("activecampaign", "ActiveCampaign", "CLOUD",
			required(text("apiKey", "API Key", "")),
			required(text("apiSecret", "API Secret", ""))),
	}
}

// catalogSources are the sources that seeds and the documents' examples name.
func catalogSources() []*document {
	all := []*document{}
	for _, s := range [][2]string{
		{"javascript", "Javascript"},
		{"ios", "iOS"},
		{"android", "Android"},
		{"net", ".NET"},
		{"node.js", "Node.js"},
		{"python", "Python"},
		{"ruby", "Ruby"},
		{"go", "Go"},
		{"java", "Java"},
		{"php", "PHP"},
	} {
		all = append(all, &document{"catalog/sources/" + s[0], map[string]json.RawMessage{"display_name": quote(s[1])}})
	}
	return all
}

func seedEntry(slug, displayName, components string, settings ...catalogSetting) *catalogDestination {
	d := &catalogDestination{
		Name: "catalog/destinations/" + slug, DisplayName: displayName, Type: "STREAMING", Status: "PUBLIC",
		PreviousNames: []string{displayName},
		Categories:    catalogCategories{Additional: []string{}},
		Components:    []catalogComponent{},
		Methods:       catalogMethods{Identify: true, Track: true},
		Settings:      settings,
	}
	for component := range strings.FieldsSeq(components) {
		d.Components = append(d.Components, catalogComponent{component})
		switch component {
		case "WEB":
			d.Platforms.Browser = true
		case "CLOUD":
			d.Platforms.Server = true
		default:
			d.Platforms.Mobile = true
		}
	}
	return d
}

func setting(name, displayName, kind string) catalogSetting {
	return catalogSetting{Name: name, DisplayName: displayName, Type: kind, Settings: []catalogSetting{}}
}

func text(name, displayName, pattern string) catalogSetting {
	s := setting(name, displayName, "STRING")
	s.StringValidators = &stringValidators{Regexp: pattern}
	return s
}

func choice(name, displayName string, options ...any) catalogSetting {
	s := setting(name, displayName, "SELECT")
	s.SelectValidators = &selectValidators{SelectOptions: options}
	return s
}

func required(s catalogSetting) catalogSetting {
	s.Required = true
	return s
}
