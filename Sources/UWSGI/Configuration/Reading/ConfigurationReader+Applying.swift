extension ConfigurationReader {
    /// Applies an option that uWSGI knows.
    mutating func apply(
        _ option: UWSGIOption, _ value: ConfigurationText?, _ origin: OptionOrigin, isReplaced: Bool = false
    ) {
        let text = value ?? []
        applied.append(
            ConfigurationOption(
                name: option.name, value: value?.string, origin: origin,
                certainty: isCertain ? .certain : .possible, isReplaced: isReplaced))
        if let format = ConfigurationFormat(option: option.name) {
            load(text, as: format, origin)
            return
        }
        if let logic = OptionLogic(option: option.name, argument: text) {
            open(logic, option.name, origin)
            return
        }
        switch option.name {
        case "include", "inherit": load(text, byName: true, origin)
        case "sqlite", "sqlite3", "ldap": addUnknown(from: origin)
        // Formats that plugins read.
        case "config": load(text, byName: false, origin)
        case "set", "set-placeholder", "set-ph":
            set(text, isPlaceholder: option.name != "set", origin)
        case "declare-option": declare(text, origin)
        case "strict": isStrict = !["false", "off", "no", "0"].contains(text.string.lowercased())
        case "blacklist": denied.set(text, isCertain: isCertain)
        case "end-blacklist": denied.set(nil, isCertain: isCertain)
        case "whitelist": allowed.set(text, isCertain: isCertain)
        case "end-whitelist": allowed.set(nil, isCertain: isCertain)
        case "inject-before": inject(text, \.before)
        case "inject-after": inject(text, \.after)
        case "resolve": resolve(text, origin)
        case "env": setVariable(text)
        case "unenv": variables[text] = .unknown
        case "early-envdir": hasUnknownVariables = true
        case "max-fd": checkNumber(option.name, text, origin)
        default: break
        }
    }

    /// `uwsgi_opt_set_int` in core/uwsgi.c.
    private mutating func checkNumber(_ name: String, _ text: ConfigurationText, _ origin: OptionOrigin) {
        guard text.isKnownText, MaxFDValue(reading: text.string).isFatal else { return }
        fail("\(name) has to be above 0", origin)
    }

    private mutating func open(_ logic: OptionLogic, _ name: String, _ origin: OptionOrigin) {
        if let outer = self.logic {
            fail("\(name) is inside another if or for", origin)
            if outer.isCertain { return }
        }
        self.logic = logic
        self.logic?.isCertain = isCertain

    }

    private mutating func set(_ text: ConfigurationText, isPlaceholder: Bool, _ origin: OptionOrigin) {
        guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else {
            if text.isKnownText {
                fail("set needs name=value", origin)
            } else {
                addUnknown(from: origin)
            }
            return
        }
        guard nest(origin) else { return }
        defer { depth -= 1 }
        add(
            Array(text[..<equals]), Array(text[(equals + 1)...]), origin, isPlaceholder: isPlaceholder)
    }

    private mutating func declare(_ text: ConfigurationText, _ origin: OptionOrigin) {
        guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else {
            fail("declare-option needs name=template", origin)
            return
        }
        guard customOptions.count < 256 else { return addUnknown(from: origin) }
        customOptions.append(
            CustomOption(
                name: Array(text[..<equals]), template: Array(text[(equals + 1)...]), isCertain: isCertain))
    }

    /// Applies what an option of the user's own stands for; it is not listed.
    mutating func expand(_ custom: CustomOption, _ value: ConfigurationText?, _ origin: OptionOrigin) {
        guard nest(origin) else { return }
        defer { depth -= 1 }
        // Another of the same name may stand behind one that may not be there.
        if !custom.isCertain { addUnknown(from: origin) }
        let outer = isCertain
        isCertain = outer && custom.isCertain
        for (name, value) in custom.expanded(value) where !hasEnded {
            guard budget.spend(bytes: name.count + value.count + 16) else { break }
            if let option = OptionTable.exact(name.string) {
                apply(option, value, origin)
            } else if let next = customOptions.first(where: { $0.name == name }) {
                expand(next, value, origin)
            } else if isStrict {
                fail("with strict, \(name.string) has to be an option", origin, isCertain: false)
            }
        }
        isCertain = outer
    }

    /// `placeholder=name`: the name's address, which only the network knows.
    private mutating func resolve(_ text: ConfigurationText, _ origin: OptionOrigin) {
        guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else {
            fail("resolve needs placeholder=name", origin)
            return
        }
        fail("the name \(Array(text[(equals + 1)...]).string) may have no address", origin, isCertain: false)
        add(Array(text[..<equals]), .unknown, origin, isPlaceholder: true)
    }

    private mutating func setVariable(_ text: ConfigurationText) {
        guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else {
            // putenv(3) without a value removes the variable.
            variables[text] = .unknown
            return
        }
        let value = Array(text[(equals + 1)...])
        variables[Array(text[..<equals])] = isCertain ? value : .unknown
    }

    private mutating func inject(
        _ name: ConfigurationText, _ names: WritableKeyPath<ConfigurationReader, [ConfigurationText]>
    ) {
        if self[keyPath: names].count < 64 { self[keyPath: names].append(isCertain ? name : .unknown) }
    }

    /// Goes one level deeper, if there is one left.
    mutating func nest(_ origin: OptionOrigin) -> Bool {
        guard depth < ConfigurationBudget.deepest else {
            exhaust(origin)
            return false
        }
        depth += 1
        return true
    }

    private mutating func exhaust(_ origin: OptionOrigin) {
        addUnknown(from: origin)
        _ = budget.spend(bytes: .max)
    }

    /// Applies what is listed and was not applied at once. An option that lists others makes uWSGI begin again from the
    /// top, passing over what it has applied: `uwsgi_configure` in core/config.c.
    mutating func applyAll() {
        var index = 0
        while index < list.entries.count, !hasEnded {
            guard budget.spend(bytes: 8) else { return }
            let entry = list.entries[index]
            let count = list.entries.count
            if !entry.isConfigured { applyEntry(entry, at: index) }
            index = list.entries.count == count ? index + 1 : 0
        }
    }

    private mutating func applyEntry(_ entry: OptionList.Entry, at index: Int) {
        isCertain = entry.certainty == .certain
        defer { isCertain = true }
        guard entry.name.isKnownText else {
            list.setConfigured(at: index)
            applied.append(
                ConfigurationOption(
                    name: entry.name.string, value: nil, origin: entry.origin, certainty: .possible))
            return
        }
        if let option = OptionTable.exact(entry.name.string) {
            list.setConfigured(at: index)
            apply(option, entry.value, entry.origin, isReplaced: entry.isReplaced)
        } else if let custom = customOptions.first(where: { $0.name == entry.name }) {
            list.setConfigured(at: index)
            expand(custom, entry.value, entry.origin)
        }
    }
}
