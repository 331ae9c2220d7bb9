jsonCallback({
 "drpost": false,
 "drMessage": null,
 "services": [
  {
   "serviceName": "Pear Builds",
   "redirectUrl": null,
   "events": [
    {
     "startDate": "11/21/2026 11:45 PST",
     "endDate": "11/22/2026 03:00 PST",
     "affectedServices": null,
     "eventStatus": "resolved",
     "usersAffected": "Some users were affected",
     "epochStartDate": 1795290300000,
     "epochEndDate": 1795345200000,
     "messageId": "1009901",
     "statusType": "Performance",
     "datePosted": "11/22/2026 03:05 PST",
     "message": "Builds were slow."
    }
   ]
  },
  {
   "serviceName": "Pear Uploads",
   "redirectUrl": null,
   "events": [
    {
     "startDate": "11/23/2026 01:30 PST",
     "endDate": null,
     "affectedServices": null,
     "eventStatus": "ongoing",
     "usersAffected": "Some users were affected",
     "epochStartDate": null,
     "epochEndDate": null,
     "messageId": "1009905",
     "statusType": "Issue",
     "datePosted": "11/23/2026 02:00 PST",
     "message": "Uploads fail now and then."
    }
   ]
  },
  {
   "serviceName": "Pear Forums",
   "redirectUrl": null,
   "events": []
  }
 ]
});
