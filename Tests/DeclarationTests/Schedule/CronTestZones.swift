import Declaration

/// Central European time of 2031: clocks go forward on 30 March and back on 26 October, at 01:00 UTC each.
let centralEurope = TimeZoneRules { utc in
    let forward: Int64 = 1_932_598_800
    let back: Int64 = 1_950_742_800
    return (forward..<back).contains(utc) ? 7200 : 3600
}

/// New York's of 2031: forward on 9 March at 07:00 UTC, back on 2 November at 06:00 UTC.
let newYork = TimeZoneRules { utc in
    let forward: Int64 = 1_930_806_000
    let back: Int64 = 1_951_365_600
    return (forward..<back).contains(utc) ? -14_400 : -18_000
}

/// Lord Howe Island's of 2031: half an hour back on 5 April at 15:00 UTC, forward on 4 October at 15:30 UTC.
let lordHowe = TimeZoneRules { utc in
    let back: Int64 = 1_933_167_600
    let forward: Int64 = 1_948_894_200
    return (back..<forward).contains(utc) ? 37_800 : 39_600
}

/// Havana's of 2031, where midnight itself changes: forward on 9 March at 05:00 UTC, back on 2 November at 05:00 UTC.
let havana = TimeZoneRules { utc in
    let forward: Int64 = 1_930_798_800
    let back: Int64 = 1_951_362_000
    return (forward..<back).contains(utc) ? -14_400 : -18_000
}
