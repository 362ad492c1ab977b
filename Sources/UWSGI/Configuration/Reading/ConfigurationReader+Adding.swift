/// `add_exported_option_do` in core/config.c.
extension ConfigurationReader {
    /// Lists an option, unless an open `if` holds it back, and applies it when uWSGI does so at once.
    mutating func add(
        _ name: ConfigurationText, _ value: ConfigurationText?, _ origin: OptionOrigin,
        isPlaceholder: Bool = false
    ) {
        guard !hasEnded, budget.spend(bytes: name.count + (value?.count ?? 0) + 16) else { return }
        guard isPermitted(name, origin) else { return }
        if !isLogicRunning {
            if OptionLogic.ends.contains(name) {
                if isCertain { logic = nil } else { logic?.isCertain = false }
            }
            if let logic {
                run(logic, name, value, origin)
                return
            }
        }
        append(name, value, origin, isPlaceholder: isPlaceholder)
    }

    private mutating func append(
        _ name: ConfigurationText, _ value: ConfigurationText?, _ origin: OptionOrigin, isPlaceholder: Bool
    ) {
        guard budget.spendOption() else { return }
        let index = list.entries.count
        list.append(
            OptionList.Entry(
                name: name, value: value, origin: origin, certainty: isCertain ? .certain : .possible,
                isConfigured: isPlaceholder))
        guard name.isKnownText else { return }
        let option = OptionTable.exact(name.string)
        if isPlaceholder {
            // A plugin's options are known only where it is loaded.
            if option != nil {
                fail("\(name.string) is an option, and cannot be a placeholder", origin, isCertain: false)
            }
        } else if let option {
            guard ImmediateOptions.names.contains(option.name) else { return }
            list.setConfigured(at: index)
            apply(option, value, origin)
        } else if let custom = customOptions.first(where: { $0.name == name }) {
            list.setConfigured(at: index)
            expand(custom, value, origin)
        } else if isStrict {
            fail("with strict, \(name.string) has to be an option", origin, isCertain: false)
        }
    }

    /// Whether `blacklist` and `whitelist` let an option through.
    private mutating func isPermitted(_ name: ConfigurationText, _ origin: OptionOrigin) -> Bool {
        if denied.contains(name) == true {
            fail("the option \(name.string) is in the blacklist", origin, isCertain: denied.isCertain)
        } else if allowed.contains(name) == false {
            fail("the option \(name.string) is not in the whitelist", origin, isCertain: allowed.isCertain)
        }
        return !hasEnded
    }

    // MARK: Logic

    private mutating func run(
        _ logic: OptionLogic, _ name: ConfigurationText, _ value: ConfigurationText?, _ origin: OptionOrigin
    ) {
        let outcome = logic.isCertain ? outcome(of: logic) : .perhaps(.unknown)
        let outer = isCertain
        isLogicRunning = true
        isCertain = outer && outcome.isCertain
        for replacement in outcome.replacements {
            guard !hasEnded, !budget.isExhausted else { break }
            let text = replacement.map { value?.replacing(OptionLogic.placeholder, with: $0) } ?? value
            append(name, text, origin, isPlaceholder: false)
        }
        isLogicRunning = false
        isCertain = outer
    }
}
