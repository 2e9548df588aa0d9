// Name and address fields, as sign-up, profile and Add Client share them.
import { t } from '../../lib/i18n.js';
import { Input, Select } from '../../ui/kit.js';

export const ADDRESS = { address1: '', city: '', state: '', postcode: '', country: '', phone: '', tax_id: '' };
export const ADDRESS_REQUIRED = ['address1', 'city', 'postcode', 'country', 'phone'];

export function NameFields({ form }) {
	return (
		<>
			<Input class="w6" label={t('person.first_name')} autocomplete="given-name" {...form.field('first_name')} />
			<Input class="w6" label={t('person.last_name')} autocomplete="family-name" {...form.field('last_name')} />
		</>
	);
}

export function AddressFields({ form, countries, second }) {
	const options = [{ value: '', text: t('person.country_choose') }, ...[...(countries ?? [])].sort((a, b) => a.name.localeCompare(b.name)).map((c) => ({ value: c.code, text: c.name }))];
	return (
		<>
			<Input class={second ? 'w6' : ''} label={t('person.address1')} autocomplete="address-line1" {...form.field('address1')} />
			{second && <Input class="w6" optional label={t('person.address2')} autocomplete="address-line2" {...form.field('address2')} />}
			<Input class="w4" label={t('person.postcode')} autocomplete="postal-code" {...form.field('postcode')} />
			<Input class="w8" label={t('person.city')} autocomplete="address-level2" {...form.field('city')} />
			<Input class="w6" optional label={t('person.state')} autocomplete="address-level1" {...form.field('state')} />
			{countries
				? <Select class="w6" label={t('person.country')} autocomplete="country" options={options} {...form.field('country')} />
				: <Input class="w6" label={t('person.country')} maxLength={2} autocomplete="country" hint={t('person.country_hint')} {...form.field('country')} />}
			<Input class="w6" label={t('person.phone')} type="tel" autocomplete="tel" {...form.field('phone')} />
			<Input class="w6" optional label={t('person.tax_id')} {...form.field('tax_id')} />
		</>
	);
}

export const timezones = () => (Intl.supportedValuesOf ? ['UTC', ...Intl.supportedValuesOf('timeZone')] : ['UTC']);

// Without the fields that were left empty: the API refuses empty optional ones.
export function filled(values, keep = []) {
	return Object.fromEntries(Object.entries(values).filter(([name, value]) => value !== '' || keep.includes(name)));
}
