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
     "eventStatus": "simmering",
     "usersAffected": "All users are affected",
     "epochStartDate": 1795421700000,
     "epochEndDate": null,
     "messageId": "2000000411",
     "statusType": "Hiccup",
     "datePosted": "11/23/2026 01:02 PST",
     "message": "Mail is not delivered. We are investigating."
    }
   ]
  }
 ]
}
