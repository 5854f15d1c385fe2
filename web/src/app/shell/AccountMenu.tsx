import { ActionIcon, Avatar, Menu, Text, UnstyledButton, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { IconDeviceDesktop, IconLanguage, IconLogout, IconMoon, IconSun } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { api } from "@/api";
import { LANGUAGES, speak, type Language } from "@/i18n";
import { tellProblem } from "@/shared/told";
import { useSession, useSignOut } from "../session";

const SCHEMES = [
  { value: "light", icon: IconSun },
  { value: "dark", icon: IconMoon },
  { value: "auto", icon: IconDeviceDesktop },
] as const;

/** Who one is, in which language and light, and the way out. */
export function AccountMenu() {
  const { t } = useTranslation("shell");
  const { account } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  const navigate = useNavigate();
  const leave = async (): Promise<void> => {
    try {
      await signOut();
      await navigate({ to: "/sign-in" });
    } catch (error) {
      tellProblem(error);
    }
  };
  return (
    <span style={{ display: "flex", alignItems: "center", gap: 8 }}>
      <LanguageMenu />
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <UnstyledButton data-menu="account">
            <span className="visually-hidden">{t("account.label", { name: account.name })}</span>
            <Avatar name={account.name} color="indigo" variant="filled" size={32} radius="xl" alt="" aria-hidden />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            <Text size="sm" fw={600} truncate>
              {account.name}
            </Text>
            <Text size="xs" truncate>
              {account.email}
            </Text>
          </Menu.Label>
          <Menu.Divider />
          <Menu.Label>{t("scheme.label")}</Menu.Label>
          <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(value as MantineColorScheme)}>
            {SCHEMES.map(({ value, icon: Icon }) => (
              <Menu.RadioItem key={value} value={value} closeMenuOnClick rightSection={<Icon size={16} />}>
                {t(`scheme.${value}`)}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <Menu.Divider />
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void leave()}>
            {t("sign_out")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}

async function choose(language: Language): Promise<void> {
  await speak(language);
  try {
    await api.changeProfile({ body: { lang: language } });
  } catch (error) {
    tellProblem(error);
  }
}

/** Another language, at once and for the account from now on. */
function LanguageMenu() {
  const { t, i18n } = useTranslation("shell");
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("language")} title={t("language")} data-menu="language">
          <IconLanguage size={20} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup value={i18n.language} onChange={(language) => void choose(language as Language)}>
          {(Object.keys(LANGUAGES) as Language[]).map((language) => (
            <Menu.RadioItem key={language} value={language} lang={language} closeMenuOnClick>
              {LANGUAGES[language]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
