{"drpost":false,"drMessage":null,"services":[]}
