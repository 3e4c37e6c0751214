import MetricModel

/// `time`, which is not before 1970, as a `Date` header has it: `Mon, 03 Feb 2031 04:05:06 GMT`.
func httpDate(_ time: Timestamp) -> String {
    let day = CivilDate(daysSince1970: time.seconds / 86_400)
    let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let date = day.description.split(separator: "-")
    let clock = time.description.split(separator: "T")[1].dropLast()
    return "\(weekdays[Int(day.weekday)]), \(date[2]) \(months[Int(day.month) - 1]) \(date[0]) \(clock) GMT"
}
