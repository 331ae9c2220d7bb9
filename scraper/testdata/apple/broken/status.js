{
 "drpost": false,
 "drMessage": null,
 "services": [
  {
   "serviceName": "Pear Mail",
   "redirectUrl": null,
   "events": [
    {
     "startDate": "11/23/2026 00:15 PST",
     "endDate": null,
     "affectedServices": null,
     "eventStatus": "ongoing",
     "usersAffected": "All users are affected",
     "epochStartDate": 1795421700000,
     "epochEndDate": null,
     "messageId": "2000000411",
     "statusType": "Outage",
     "datePosted": "11/23/2026 01:02 PST",
     "message": "Mail is not delivered. We are investigating."
    }
   ]
  },
  {
   "serviceName": "Pear Calendar",
   "redirectUrl": null,
   "events": [
    {
     "startDate": "11/23/2026 00:15 PST",
     "endDate": null,
     "affectedServices": null,
     "eventStatus": "ongoing",
     "usersAffected": "All users are affected",
     "epochStartDate": 1795421700000,
     "epochEndDate": null,
     "messageId": "2000000411",
     "statusType": "Outage",
     "datePosted": "11/23/2026 01:02 PST",
     "message": "Mail is not delivered. We are investigating."
    }
   ]
  },
  {
   "serviceName": "Pear Maps",
   "redirectUrl": null,
   "events": [
    {
     "startDate": "11/20/2026 03:00 PST",
     "endDate": "11/20/2026 05:30 PST",
     "affectedServices": null,
     "eventStatus": "resolved",
     "usersAffected": "Some users were affected",
     "epochStartDate": 1795172400000,
     "epochEndDate": 1795181400000,
     "messageId": "2000000400",
     "statusType": "Issue",
     "datePosted": "11/20/2026 06:00 PST",
     "message": "Maps showed no rivers."
    }
   ]
  },
  {
   "serviceName": "Pear Pay & Wallet",
   "redirectUrl": null,
   "events": [
    {
     "startDate": "11/25/2026 22:00 PST",
     "endDate": "11/26/2026 01:00 PST",
     "affectedServices": null,
     "eventStatus": "upcoming",
     "usersAffected": "Users may be affected",
     "epochStartDate": 1795672800000,
     "epochEndDate": 1795683600000,
     "messageId": "2000000415",
     "statusType": "Maintenance",
     "datePosted": "11/22/2026 10:00 PST",
     "message": "Cards cannot be added while we work."
    }
   ]
  },
  {
   "serviceName": "Pear Search",
   "redirectUrl": null,
   "events": [
    {
     "startDate": "11/23/2026 03:00 PST",
     "endDate": "11/23/2026 06:00 PST",
     "affectedServices": null,
     "eventStatus": "ongoing",
     "usersAffected": "Some users were affected",
     "epochStartDate": 1795431600000,
     "epochEndDate": 1795442400000,
     "messageId": "2000000412",
     "statusType": "Maintenance",
     "datePosted": "11/23/2026 03:00 PST",
     "message": "Searching may take longer."
    }
   ]
  }
 ]
}
