package watch

var caseRows = []caseRow{
	{files: "cachet-server-zone/incidents.json", want: []string{
		"Ledger export late | incident investigating unknown | " +
			"2026-11-27T12:00:00.000Z - | 1",
	}, findings: "time_zone"},
	{files: "cachet-server-zone/incidents.json", zone: "Asia/Tokyo", want: []string{
		"Ledger export late | incident investigating unknown | 2026-11-27T03:00:00.000Z - | 1",
	}},
	{files: "component-recovered-before-resolve/summary.json", want: []string{
		"Service degradation | incident resolved minor | 2026-11-27T03:02:11.000Z " +
			"2026-11-27T16:21:11.000Z | 2",
	}, parts: "IDE 25069"},
	{files: "feed-control-characters/amp.xml", want: []string{
		"Q&A service & login down | incident investigating unknown | " +
			"2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-control-characters/amp2.xml", want: []string{
		"Q&A service & login down é | incident investigating unknown | " +
			"2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-control-characters/badutf8.xml", want: []string{
		"Queue caf� delay | incident investigating unknown | 2026-11-27T10:00:00.000Z " +
			"- | 1",
	}, findings: "page"},
	{files: "feed-control-characters/ctl-ref.xml", want: []string{
		"Queue delay again | incident investigating unknown | 2026-11-27T10:00:00.000Z " +
			"- | 1",
	}, findings: "page"},
	{files: "feed-control-characters/ctl.xml", want: []string{
		"Queue delay again | incident investigating unknown | 2026-11-27T10:00:00.000Z " +
			"- | 1",
	}, findings: "page"},
	{files: "feed-encodings/bom.xml", want: []string{
		"Größe ändern – café ☃ 障害 | incident investigating unknown | " +
			"2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/cp1252.xml", want: []string{
		"“Smart” quotes – dash € | incident investigating unknown | " +
			"2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/decl-big5.xml", want: []string{
		"網路故障 | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/decl-euc-jp.xml", want: []string{
		"障害のお知らせ | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/decl-euc-kr.xml", want: []string{
		"장애 안내 | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/decl-iso-8859-15.xml", want: []string{
		"Störung € | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/decl-iso-8859-2.xml", want: []string{
		"Żółć awaria | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/decl-koi8-r.xml", want: []string{
		"Сбой сервиса | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/decl-windows-1251.xml", want: []string{
		"Сбой сервиса | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/forced-gzip.xml", want: []string{
		"Größe ändern – café ☃ 障害 | incident investigating unknown | " +
			"2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/gb18030.xml", want: []string{
		"网络故障 | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/gzip-nohdr.xml", want: []string{
		"Größe ändern – café ☃ 障害 | incident investigating unknown | " +
			"2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/hdr-big5.xml", contentType: "text/xml; charset=big5", want: []string{
		"網路故障 | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/hdr-conflict.xml", contentType: "text/xml; charset=utf-8", want: []string{
		"Größe ändern – café ☃ 障害 | incident investigating unknown | " +
			"2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/hdr-euc-jp.xml", contentType: "text/xml; charset=euc-jp", want: []string{
		"障害のお知らせ | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/hdr-euc-kr.xml", contentType: "text/xml; charset=euc-kr", want: []string{
		"장애 안내 | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/hdr-iso-8859-15.xml", contentType: "text/xml; charset=iso-8859-15", want: []string{
		"Störung € | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/hdr-iso-8859-2.xml", contentType: "text/xml; charset=iso-8859-2", want: []string{
		"Żółć awaria | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/hdr-koi8-r.xml", contentType: "text/xml; charset=koi8-r", want: []string{
		"Сбой сервиса | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/hdr-latin1-nodecl.xml", contentType: "text/xml; charset=iso-8859-1", want: []string{
		"Größe café | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/hdr-windows-1251.xml", contentType: "text/xml; charset=windows-1251", want: []string{
		"Сбой сервиса | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/json-ct.xml", want: []string{
		"Größe ändern – café ☃ 障害 | incident investigating unknown | " +
			"2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/latin1.xml", want: []string{
		"Größe ändern café | incident investigating unknown | 2026-11-27T10:00:00.000Z " +
			"- | 1",
	}},
	{files: "feed-encodings/leading-blank.xml", want: []string{
		"Größe ändern – café ☃ 障害 | incident investigating unknown | " +
			"2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/sjis.xml", want: []string{
		"障害のお知らせ | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/texthtml.xml", want: []string{
		"Größe ändern – café ☃ 障害 | incident investigating unknown | " +
			"2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/utf16be.xml", want: []string{
		"Größe ändern – café ☃ 障害 | incident investigating unknown | " +
			"2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-encodings/utf16le.xml", want: []string{
		"Größe ändern – café ☃ 障害 | incident investigating unknown | " +
			"2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-fixed-pubdate/step1.xml feed-fixed-pubdate/step2.xml " +
		"feed-fixed-pubdate/step3.xml", want: []string{
		"Elevated errors | incident resolved unknown | 2026-11-27T10:00:00.000Z " +
			"2026-11-27T22:20:00.000Z | 3",
	}},
	{files: "feed-guid-changes/step1.xml feed-guid-changes/step2.xml " +
		"feed-guid-changes/step3.xml", want: []string{
		"Login errors | incident resolved unknown | 2026-11-27T12:00:00.000Z " +
			"2026-11-27T22:20:00.000Z | 2",
	}},
	{files: "feed-guids/dupguid-nolink.xml", want: []string{
		"API slow | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
		"Mail late | incident investigating unknown | 2026-11-26T10:00:00.000Z - | 1",
	}, findings: "source_key"},
	{files: "feed-guids/dupguid.xml", want: []string{
		"API slow | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
		"Mail late | incident investigating unknown | 2026-11-26T10:00:00.000Z - | 1",
	}, findings: "source_key"},
	{files: "feed-guids/emptyguid-nolink.xml", want: []string{
		"API slow | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
		"Mail late | incident investigating unknown | 2026-11-26T10:00:00.000Z - | 1",
	}},
	{files: "feed-guids/emptyguid.xml", want: []string{
		"API slow | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
		"Mail late | incident investigating unknown | 2026-11-26T10:00:00.000Z - | 1",
	}},
	{files: "feed-guids/noguid-nolink.xml", want: []string{
		"API slow | incident investigating unknown | 2026-11-26T10:00:00.000Z - | 1",
		"API slow | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-guids/noguid-samelink.xml", want: []string{
		"API slow | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
		"Mail late | incident investigating unknown | 2026-11-26T10:00:00.000Z - | 1",
	}},
	{files: "feed-moving-pubdate/step1.xml feed-moving-pubdate/step2.xml " +
		"feed-moving-pubdate/step3.xml", want: []string{
		"Elevated errors | incident resolved unknown | 2026-11-27T10:00:00.000Z " +
			"2026-11-27T12:30:00.000Z | 3",
	}},
	{files: "feed-titles/plain-body.atom", text: "header <X-Trace> is missing if a<b", want: []string{
		"Api | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
		"Api2 | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-titles/titles.atom", want: []string{
		"Errors on <region>.api.quartzline.example | incident investigating unknown | " +
			"2026-11-27T10:00:00.000Z - | 1",
		"Header <X-Trace> missing; a<b and c>d | incident investigating unknown | " +
			"2026-11-27T10:00:00.000Z - | 1",
		"softhyphen zerowidth | incident investigating unknown | " +
			"2026-11-27T10:00:00.000Z - | 1",
		"tab and newline many | incident investigating unknown | " +
			"2026-11-27T10:00:00.000Z - | 1",
		"می\u200cشود نمی\u200cشود | incident investigating unknown | 2026-11-27T10:00:00.000Z - " +
			"| 1",
		"क्\u200dष र्\u200dय | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "feed-titles/titles.xml", want: []string{
		" | incident investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
		"API & Web <b>down</b> | incident investigating unknown | " +
			"2026-11-27T10:00:00.000Z - | 1",
		"Errors > 5% in EU & US | incident investigating unknown | " +
			"2026-11-27T10:00:00.000Z - | 1",
		"Sehr langer Titel Sehr langer Titel Sehr langer Titel Sehr langer Titel Sehr " +
			"langer Titel Sehr langer Titel Sehr langer Titel Sehr langer Titel Sehr " +
			"langer Titel Sehr langer Titel Sehr langer Titel Sehr langer Titel Sehr " +
			"langer Titel Sehr langer Titel Sehr langer Titel Sehr langer Titel Sehr " +
			"langer Titel Sehr langer Titel Sehr langer Titel Sehr langer Titel Sehr " +
			"langer Titel Sehr langer Titel Sehr langer Titel Sehr langer Titel Sehr " +
			"langer Titel Sehr langer Titel Sehr langer Titel Sehr langer Titel Sehr " +
			"langer Titel Sehr langer Titel Sehr langer Titel Sehr langer Titel Sehr " +
			"langer Titel Sehr langer Titel Sehr langer Titel Sehr langer Titel Sehr " +
			"langer Titel Sehr langer Titel Sehr langer Titel Sehr langer Titel | incident " +
			"investigating unknown | 2026-11-27T10:00:00.000Z - | 1",
		"Use of x<y in queries fails; y>z too | incident investigating unknown | " +
			"2026-11-27T10:00:00.000Z - | 1",
		"p99 < 3s for a > b | incident investigating unknown | " +
			"2026-11-27T10:00:00.000Z - | 1",
		"🔥 תקלה בשירות \u202eevil\u202c 👩\u200d👩\u200d👧 | incident investigating unknown | " +
			"2026-11-27T10:00:00.000Z - | 1",
	}, findings: "title"},
	{files: "feed-without-states/feed.xml", want: []string{
		"Notice number 0 about transfers | incident unknown unknown | " +
			"2023-01-10T10:00:00.000Z - | 1",
		"Notice number 1 about transfers | incident unknown unknown | " +
			"2024-01-11T10:00:00.000Z - | 1",
		"Notice number 10 about transfers | incident unknown unknown | " +
			"2024-01-20T10:00:00.000Z - | 1",
		"Notice number 11 about transfers | incident unknown unknown | " +
			"2025-01-21T10:00:00.000Z - | 1",
		"Notice number 2 about transfers | incident unknown unknown | " +
			"2025-01-12T10:00:00.000Z - | 1",
		"Notice number 3 about transfers | incident unknown unknown | " +
			"2023-01-13T10:00:00.000Z - | 1",
		"Notice number 4 about transfers | incident unknown unknown | " +
			"2024-01-14T10:00:00.000Z - | 1",
		"Notice number 5 about transfers | incident unknown unknown | " +
			"2025-01-15T10:00:00.000Z - | 1",
		"Notice number 6 about transfers | incident unknown unknown | " +
			"2023-01-16T10:00:00.000Z - | 1",
		"Notice number 7 about transfers | incident unknown unknown | " +
			"2024-01-17T10:00:00.000Z - | 1",
		"Notice number 8 about transfers | incident unknown unknown | " +
			"2025-01-18T10:00:00.000Z - | 1",
		"Notice number 9 about transfers | incident unknown unknown | " +
			"2023-01-19T10:00:00.000Z - | 1",
	}},
	{files: "filter-component-operational/summary.json", want: []string{
		"Slow admin endpoints | incident investigating minor | " +
			"2026-11-27T10:00:00.000Z - | 1",
	}},
	{files: "instatus-issues-without-incident/summary.json", want: []string{
		"The page says \"HASISSUES\", no incident posted | incident investigating " +
			"unknown | 2026-11-27T22:00:00.000Z - | 1",
	}},
	{files: "maintenance-becomes-incident/step1.json " +
		"maintenance-becomes-incident/step2.json " +
		"maintenance-becomes-incident/step3.json", want: []string{
		"Core switch replacement - unexpected outage | incident resolved major | " +
			"2026-11-27T10:00:00.000Z 2026-11-27T15:00:00.000Z | 3",
	}},
	{files: "start-in-the-future/summary.json", want: []string{
		"Errors next year | incident investigating major | 2027-11-27T10:00:00.000Z - " +
			"| 1",
		"Errors now | incident investigating major | 2026-11-27T21:25:06.000Z - | 1",
	}, findings: "started_at"},
	{files: "statuspage-duplicate-ids/dup-incident-ids.json", want: []string{
		"First of two | incident investigating minor | 2026-11-27T10:00:00.000Z - | 1",
		"Second of two | incident investigating minor | 2026-11-26T08:00:00.000Z - | 1",
	}, findings: "source_key"},
	{files: "statuspage-duplicate-ids/dup-update-ids.json", want: []string{
		"Third | incident investigating minor | 2026-11-27T10:00:00.000Z - | 2",
	}, findings: "updates"},
}
